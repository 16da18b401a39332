package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// estate is what a file of -estate says: how the simulator's own objects are to
// be called, and what its hosts and machines are. Hosts and machines are given in
// the order of the simulator's names; those without a counterpart stay as they are.
// Files that follow one another have the same hosts and machines in the same order.
type estate struct {
	VCenter  string            `json:"vcenter"` // its instance UUID, else a new one each start
	Names    map[string]string `json:"names"`   // the simulator's name: ours
	Hosts    []host            `json:"hosts"`
	Machines []machine         `json:"machines"`
}

type host struct {
	Name        string   `json:"name"`
	UUID        string   `json:"uuid"`
	Vendor      string   `json:"vendor"`
	Model       string   `json:"model"`
	Serial      string   `json:"serial"`
	Version     string   `json:"version"`
	Build       string   `json:"build"`
	Address     string   `json:"address"`
	MACs        []string `json:"macs"`
	MemoryGiB   int64    `json:"memory_gib"`
	Maintenance bool     `json:"maintenance"`
}

type machine struct {
	Name      string `json:"name"`
	UUID      string `json:"uuid"`
	Host      string `json:"host"`
	CPU       int32  `json:"cpu"`
	MemoryGiB int32  `json:"memory_gib"`
	DiskGiB   int64  `json:"disk_gib"`
	GuestID   string `json:"guest_id"`
	Guest     string `json:"guest"`
	HostName  string `json:"host_name"`
	Address   string `json:"address"`
	MAC       string `json:"mac"`
	Note      string `json:"note"`
	Off       bool   `json:"off"`
	Absent    bool   `json:"absent"` // not in the inventory, now

	Created time.Time `json:"created"`
}

// inventory holds the simulator's machines in order, the absent ones too.
var inventory []*simulator.VirtualMachine

// dress makes the simulator's inventory the one that the file describes.
func dress(file string) {
	text, err := os.ReadFile(file)
	check(err)
	var wanted estate
	check(json.Unmarshal(text, &wanted))
	if wanted.VCenter != "" {
		root := simulator.Map.Get(types.ManagedObjectReference{Type: "ServiceInstance", Value: "ServiceInstance"})
		root.(*simulator.ServiceInstance).Content.About.InstanceUuid = wanted.VCenter
	}
	if inventory == nil {
		for _, entity := range inOrder("VirtualMachine") {
			inventory = append(inventory, entity.(*simulator.VirtualMachine))
		}
	}
	for number, entity := range inOrder("Datastore") {
		own := entity.(*simulator.Datastore)
		identify(own, types.ManagedObjectReference{Type: "Datastore", Value: fmt.Sprintf("datastore-%d", number+1)})
	}
	hosts := map[string]*simulator.HostSystem{}
	for at, entity := range inOrder("HostSystem") {
		if at < len(wanted.Hosts) {
			own := entity.(*simulator.HostSystem)
			dressHost(own, wanted.Hosts[at])
			hosts[own.Name] = own
		}
	}
	for at, own := range inventory {
		if at >= len(wanted.Machines) {
			break
		}
		dressMachine(own, wanted.Machines[at])
		dressDevices(own, wanted.Machines[at], wanted.Names)
		remove(own)
		if to, found := hosts[wanted.Machines[at].Host]; found {
			own.Runtime.Host, own.Summary.Runtime.Host = &to.Self, &to.Self
		}
		if !wanted.Machines[at].Absent {
			put(own)
		}
	}
	for _, entity := range simulator.Map.All("") {
		if name, found := wanted.Names[entity.Entity().Name]; found {
			rename(entity, name)
		}
	}
}

// identify gives a datastore an id as vCenter does; by itself it is known by the path of a temporary folder.
func identify(own *simulator.Datastore, id types.ManagedObjectReference) {
	was := own.Self
	if was == id {
		return
	}
	simulator.Map.Remove(was)
	own.Self = id
	simulator.Map.Put(own)
	for _, entity := range simulator.Map.All("") {
		switch holder := entity.(type) {
		case *simulator.Folder:
			replace(holder.ChildEntity, was, id)
		case *simulator.Datacenter:
			replace(holder.Datastore, was, id)
		case *simulator.ClusterComputeResource:
			replace(holder.Datastore, was, id)
		case *simulator.HostSystem:
			replace(holder.Datastore, was, id)
		case *simulator.VirtualMachine:
			replace(holder.Datastore, was, id)
		}
	}
}

func replace(list []types.ManagedObjectReference, was, is types.ManagedObjectReference) {
	for at := range list {
		if list[at] == was {
			list[at] = is
		}
	}
}

// inOrder lists entities by name, shorter names first: VM2 before VM10.
func inOrder(kind string) []mo.Entity {
	all := simulator.Map.All(kind)
	sort.Slice(all, func(one, two int) bool {
		a, b := all[one].Entity().Name, all[two].Entity().Name
		return len(a) < len(b) || len(a) == len(b) && a < b
	})
	return all
}

func rename(entity mo.Entity, name string) {
	entity.Entity().Name = name
	switch own := entity.(type) {
	case *simulator.Datastore:
		// By itself it is in a temporary folder.
		place := "ds:///vmfs/volumes/" + name + "/"
		own.Info.GetDatastoreInfo().Name, own.Info.GetDatastoreInfo().Url = name, place
		own.Summary.Name, own.Summary.Url = name, place
	case *simulator.DistributedVirtualSwitch:
		own.Summary.Name = name
		own.Config.GetDVSConfigInfo().Name = name
	case *simulator.DistributedVirtualPortgroup:
		own.Name, own.Config.Name = name, name
	}
}

func dressHost(own *simulator.HostSystem, wanted host) {
	own.Name = wanted.Name
	own.Summary.Config.Name = wanted.Name
	own.Runtime.InMaintenanceMode = wanted.Maintenance
	hardware := own.Summary.Hardware
	hardware.Uuid, hardware.Vendor, hardware.Model = wanted.UUID, wanted.Vendor, wanted.Model
	hardware.MemorySize = wanted.MemoryGiB << 30
	hardware.CpuModel, hardware.CpuMhz = "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz", 2000
	hardware.NumCpuPkgs, hardware.NumCpuCores, hardware.NumCpuThreads = 2, 64, 128
	hardware.OtherIdentifyingInfo = []types.HostSystemIdentificationInfo{{
		IdentifierValue: wanted.Serial,
		IdentifierType:  &types.ElementDescription{Key: "ServiceTag"},
	}}
	own.Hardware.SystemInfo.Uuid = wanted.UUID
	own.Hardware.SystemInfo.SerialNumber = wanted.Serial
	own.Config.Product.Version, own.Config.Product.Build = wanted.Version, wanted.Build
	short, domain, _ := strings.Cut(wanted.Name, ".")
	dns := own.Config.Network.DnsConfig.GetHostDnsConfig()
	dns.HostName, dns.DomainName = short, domain
	for at := range own.Config.Network.Pnic {
		if at < len(wanted.MACs) {
			own.Config.Network.Pnic[at].Mac = wanted.MACs[at]
		}
	}
	for at := range own.Config.Network.Vnic {
		spec := &own.Config.Network.Vnic[at].Spec
		spec.Mac, spec.Ip.IpAddress, spec.Ip.SubnetMask = wanted.MACs[0], wanted.Address, "255.255.0.0"
	}
}

func dressMachine(own *simulator.VirtualMachine, wanted machine) {
	own.Name, own.Config.Name, own.Summary.Config.Name = wanted.Name, wanted.Name, wanted.Name
	own.Config.InstanceUuid, own.Summary.Config.InstanceUuid = wanted.UUID, wanted.UUID
	// A machine's firmware has an id of its own.
	firmware := "42" + wanted.UUID[2:]
	own.Config.Uuid, own.Summary.Config.Uuid = firmware, firmware
	own.Config.Annotation, own.Config.CreateDate = wanted.Note, &wanted.Created
	own.Config.Hardware.NumCPU, own.Config.Hardware.MemoryMB = wanted.CPU, wanted.MemoryGiB<<10
	own.Config.GuestId, own.Config.GuestFullName = wanted.GuestID, wanted.Guest
	own.Guest.HostName, own.Guest.IpAddress = wanted.HostName, wanted.Address
	own.Guest.GuestFullName = wanted.Guest
	own.Guest.ToolsVersionStatus2, own.Guest.ToolsVersion = "guestToolsCurrent", "12389"
	own.Guest.ToolsRunningStatus = "guestToolsRunning"
	own.Guest.Net = []types.GuestNicInfo{{
		IpAddress: []string{wanted.Address}, MacAddress: wanted.MAC, Connected: true, DeviceConfigId: 4000,
	}}
	if wanted.Off {
		own.Runtime.PowerState = types.VirtualMachinePowerStatePoweredOff
		own.Summary.Runtime.PowerState = types.VirtualMachinePowerStatePoweredOff
		own.Guest.HostName, own.Guest.IpAddress, own.Guest.Net = "", "", nil
		own.Guest.ToolsRunningStatus = "guestToolsNotRunning"
	}
}

func dressDevices(own *simulator.VirtualMachine, wanted machine, names map[string]string) {
	for _, device := range own.Config.Hardware.Device {
		switch device := device.(type) {
		case types.BaseVirtualEthernetCard:
			card := device.GetVirtualEthernetCard()
			card.MacAddress = wanted.MAC
			card.Connectable = &types.VirtualDeviceConnectInfo{Connected: !wanted.Off, StartConnected: true}
		case *types.VirtualDisk:
			device.CapacityInKB = wanted.DiskGiB << 20
			device.CapacityInBytes = wanted.DiskGiB << 30
			file := device.Backing.(types.BaseVirtualDeviceFileBackingInfo).GetVirtualDeviceFileBackingInfo()
			for was, is := range names {
				file.FileName = strings.Replace(file.FileName, "["+was+"]", "["+is+"]", 1)
			}
		}
	}
}

// holders calls back with each list that a machine is in: of its folder, pool, host, datastores and networks.
func holders(own *simulator.VirtualMachine, each func(mo.Reference, *[]types.ManagedObjectReference)) {
	folder := simulator.Map.Get(*own.Parent).(*simulator.Folder)
	each(folder, &folder.ChildEntity)
	pool := simulator.Map.Get(*own.ResourcePool).(*simulator.ResourcePool)
	each(pool, &pool.Vm)
	host := simulator.Map.Get(*own.Runtime.Host).(*simulator.HostSystem)
	each(host, &host.Vm)
	for _, reference := range own.Datastore {
		datastore := simulator.Map.Get(reference).(*simulator.Datastore)
		each(datastore, &datastore.Vm)
	}
	for _, reference := range own.Network {
		if group, found := simulator.Map.Get(reference).(*simulator.DistributedVirtualPortgroup); found {
			each(group, &group.Vm)
		}
	}
}

func remove(own *simulator.VirtualMachine) {
	holders(own, func(holder mo.Reference, list *[]types.ManagedObjectReference) {
		simulator.Map.RemoveReference(holder, list, own.Self)
	})
	simulator.Map.Remove(own.Self)
}

func put(own *simulator.VirtualMachine) {
	simulator.Map.Put(own)
	holders(own, func(holder mo.Reference, list *[]types.ManagedObjectReference) {
		simulator.Map.AddReference(holder, list, own.Self)
	})
}
